"""What guests send in by upload links: kept aside, shown to those who may store, then taken in or thrown away."""
