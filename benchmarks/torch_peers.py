"""PyTorch, as a researcher would write it: one network at a time, all in one set of tensors, and as a CUDA graph."""

from typing import TYPE_CHECKING

from benchmarks.workloads import Workload

if TYPE_CHECKING:
    import torch

    from benchmarks.contenders import Run

# Updates before a graph is captured, as PyTorch's documentation asks for.
WARM_UP = 3


def loop(workload: Workload, members: int) -> "Run":
    """One `torch.nn.Module` and one optimiser, one network at a time, on the CPU."""
    import torch

    program = workload.program
    x, y = torch.from_numpy(workload.points()), torch.from_numpy(workload.targets(1)[0])
    σ = {"tanh": torch.nn.Tanh, "logistic": torch.nn.Sigmoid}[program.activation]

    def train(steps: int) -> int:
        layers: list[torch.nn.Module] = []
        for a, b in zip(program.sizes, program.sizes[1:], strict=False):
            layers += [torch.nn.Linear(a, b), σ()]
        layers = layers if program.output == "logistic" else layers[:-1]
        model = torch.nn.Sequential(*layers)
        kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[program.optimizer]
        optimizer = kind(model.parameters(), lr=workload.learning_rate)
        for t in range(steps):
            z = model(x)[:, 0]
            if program.stop_when_solved and bool((y * z > 0).all()):
                return t
            squared = program.loss == "squared"
            loss = ((y - z) ** 2).mean() if squared else torch.nn.functional.softplus(-y * z).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return steps

    def run(steps: int) -> int:
        return sum(train(steps) for _ in range(members))

    train(10)
    return run


class Batched:
    """Networks in one set of tensors, with an axis of networks in front."""

    def __init__(self, workload: Workload, members: int, capturable: bool = False) -> None:
        """Draws the weights; on a GPU if PyTorch finds one.

        Args:
            workload, members: what is trained.
            capturable: whether a CUDA graph may hold the optimiser's step.
        """
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
        self.program = workload.program
        self.x = torch.from_numpy(workload.points()).to(device).expand(members, -1, -1).contiguous()
        self.y = torch.from_numpy(workload.targets(members)).to(device)
        self.parameters = []
        for a, b in zip(self.program.sizes, self.program.sizes[1:], strict=False):
            self.parameters += [
                torch.randn(members, a, b, device=device) / a**0.5,
                torch.zeros(members, 1, b, device=device),
            ]
        self.parameters = [p.requires_grad_() for p in self.parameters]
        lr = workload.learning_rate
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.Adam(self.parameters, lr=lr, fused=True, capturable=capturable)
            if self.program.optimizer == "adam"
            else torch.optim.SGD(self.parameters, lr=lr)
        )

    def outputs(self) -> "torch.Tensor":
        """Networks x points."""
        import torch

        σ = {"tanh": torch.tanh, "logistic": torch.sigmoid}[self.program.activation]
        z = self.x
        for layer in range(0, len(self.parameters), 2):
            z = torch.baddbmm(self.parameters[layer + 1], z, self.parameters[layer])
            if layer < len(self.parameters) - 2 or self.program.output == "logistic":
                z = σ(z)
        return z[:, :, 0]

    def update(self, z: "torch.Tensor") -> None:
        """One step of the optimiser, from these outputs."""
        import torch

        squared = self.program.loss == "squared"
        losses = (self.y - z) ** 2 if squared else torch.nn.functional.softplus(-self.y * z)
        self.optimizer.zero_grad()
        losses.mean(1).sum().backward()
        self.optimizer.step()


def batched(workload: Workload, members: int) -> "Run":
    """All networks in one set of tensors: baddbmm and, for Adam, the fused optimiser, on all cores or the GPU."""
    import torch

    def run(steps: int) -> int:
        networks = Batched(workload, members)
        made = torch.full((members,), steps, device=networks.x.device)
        for t in range(steps):
            z = networks.outputs()
            if workload.program.stop_when_solved:
                solved = (networks.y * z > 0).all(1)
                made = torch.where(solved & (made == steps), t, made)
                if bool((made < steps).all()):
                    break
            networks.update(z)
        return int(made.sum() + 0 * networks.parameters[-1].sum())

    run(2)
    return run


def cuda_graph(workload: Workload, members: int) -> "Run":
    """As `batched`, on a GPU: one update is captured as a graph and replayed, so that no launch waits for Python."""
    import torch

    networks = Batched(workload, members, capturable=workload.program.optimizer == "adam")
    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(WARM_UP):
            networks.update(networks.outputs())
    torch.cuda.current_stream().wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        networks.update(networks.outputs())

    def run(steps: int) -> int:
        for _ in range(steps):
            graph.replay()
        torch.cuda.synchronize()
        return members * steps

    run(2)
    return run
