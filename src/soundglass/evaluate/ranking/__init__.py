"""How well recommenders find what belongs together, measured alike for all."""
