"""Which organization a damaged code or a differently written name may mean."""
