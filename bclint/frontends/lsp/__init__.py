"""The language server: findings, fixes and explanations in editors, over pygls."""
