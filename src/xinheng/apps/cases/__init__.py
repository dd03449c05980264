"""Cases: where each procedure of redress stands, its terms and its history."""
