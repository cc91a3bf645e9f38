"""Reading in: pages of another system become records, lines, links and events, as sets, and a run says how sure it is to have all."""
