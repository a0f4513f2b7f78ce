"""What the answers tell: models, tests, power, and a conclusion in words."""
