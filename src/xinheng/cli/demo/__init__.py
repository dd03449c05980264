"""The demo city 示例市: its files, pushed through the real intake, make up May 2019."""
