"""The receipts of a run: who paid what, costs beside the goods, and corrections afterwards."""
