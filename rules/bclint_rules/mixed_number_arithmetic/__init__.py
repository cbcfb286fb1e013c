"""BCL602 mixed-number-arithmetic."""
