"""What mutations of orders take."""
