"""What the doors that speak HTTP share: how errors are told, headers, conditions, and queues for their threads."""
