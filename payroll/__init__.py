"""Pay sheets, payslips and the workers' answers, bank batches, wage status."""
