"""What keeps a wrong number from being published: records, typed results, the published site."""
