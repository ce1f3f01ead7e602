"""Where units run. An executor turns units into results, in any order, and never stops at a failure."""
