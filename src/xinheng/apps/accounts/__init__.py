"""Who may act: accounts, mandates, second factors, service keys."""
