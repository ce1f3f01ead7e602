"""A checker of proofs by unit propagation: slow, short, and without any solver."""


def follows(clauses: list[list[int]], clause: list[int]) -> bool:
    """Whether a clause follows by unit propagation: its negation leads to an empty clause. Written to be read."""
    true = {-literal for literal in clause}
    while True:
        forced = set()
        for one in clauses:
            left = [literal for literal in one if -literal not in true]
            if not left:
                return True
            if len(left) == 1 and left[0] not in true:
                forced.add(left[0])
        if not forced:
            return False
        true |= forced
        if any(-literal in true for literal in true):
            return True


def is_proof(clauses: list[list[int]], steps: list[str]) -> bool:
    """Whether every step follows from the clauses and the steps before it, and one is empty."""
    known = [list(clause) for clause in clauses]
    for step in steps:
        if step.startswith("d"):
            continue
        clause = [int(literal) for literal in step.split()][:-1]
        if not follows(known, clause):
            return False
        if not clause:
            return True
        known.append(clause)
    return False
