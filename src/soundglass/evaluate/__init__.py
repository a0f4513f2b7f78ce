"""Is it good, and is the explanation true: ranking, visual similarity, faithfulness."""
