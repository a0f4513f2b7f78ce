"""The listening study: do people understand the explanations."""
