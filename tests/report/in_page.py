"""Scripts that tests run in the page: the lines of the ledger that are shown, and a field that is set."""

SHOWN = "document.querySelectorAll('.ledger tbody tr:not(.sentence):not([hidden])').length"
CHOOSE = (
    "{{ const field = [...document.forms].map(form => form.elements['{}']).find(Boolean); field.value = '{}';"
    " field.dispatchEvent(new Event('input', {{bubbles: true}})); }}"
)
