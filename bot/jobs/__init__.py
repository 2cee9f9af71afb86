"""Jobs: from a request to a result that its requester has, with nothing of Discord but `cards`."""
