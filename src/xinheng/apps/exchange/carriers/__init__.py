"""The ways to a target: HTTP, SFTP, a front-end database."""
