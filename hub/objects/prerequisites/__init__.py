"""What must be true of an item before it may be sent to the ERP: one file for each object, as rules in SQL.

All are judged when the item is sent and again when it is accepted; all that fail are listed at once."""
