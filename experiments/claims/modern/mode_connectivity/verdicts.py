"""stub"""
XOR, TEACHER = TASKS = ("XOR", "teacher")
RECTIFIER, TANH = ACTIVATIONS = ("rectifier", "tanh")
ODD = (TANH,)
PLAIN, SIGNED = GROUPS = ("permutations", "permutations and signs")
STARTS, TARGETS, COPY = ENDS = ("two starts", "two targets", "a copy")
UNITS = 2
SMALL = 0.005
LIMIT = 0.02
def judge(table): return []
