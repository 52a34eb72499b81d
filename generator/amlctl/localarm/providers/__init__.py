"""What each provider adds to what was sent: one small file a provider, all of them listed in index.py."""
