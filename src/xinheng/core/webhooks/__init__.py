"""Where messages may be sent: addresses of webhooks."""
