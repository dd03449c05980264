"""Credit reports: who a report is for, and what a report has to be to be believed."""
