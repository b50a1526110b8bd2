"""What mutations of chat take."""
