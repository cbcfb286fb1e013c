"""BCL103 attribute-lookup-in-loop."""
