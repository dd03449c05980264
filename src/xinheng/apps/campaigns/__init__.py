"""Special campaigns and activities, as the units and the credit office run them."""
