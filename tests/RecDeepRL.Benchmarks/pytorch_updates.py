"""What ddpg and td3 compute in an update, in PyTorch: what the program's own updates are measured against.

    python3 pytorch_updates.py STATE TASK THREADS DEVICE MODE

STATE is a safetensors file with an agent's whole state, from which the first update starts: its networks, its replay buffer, the places of the rows that the
first updates are to draw, and td3's noise for them. TASK is a JSON object with the agent's options. DEVICE is PyTorch's name of one. MODE is
eager, compiled (torch.compile of a whole update), or graphs (a whole update captured as a CUDA graph). A line of standard input asks for something, and a line
of standard output answers:

    follow   the first updates, on the given rows; the sums over them of each figure, or a string that says why this PyTorch cannot do them in this way
    N        N updates on rows drawn here; processor seconds and seconds by the clock
"""
import json
import struct
import sys
import time
import traceback

import torch
import torch.nn.functional as F

TYPES = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64, "I32": torch.int32, "BOOL": torch.bool}


def read(path):
    """The tensors of a safetensors file, by name."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = torch.frombuffer(bytearray(data[start:end]), dtype=TYPES[entry["dtype"]]) if end > start else torch.empty(0, dtype=TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors


class Critic:
    """Q(s, e) = rho(s, e) + phi(s, e), of two rectified hidden layers; the first is split into the state's part and the item's."""

    def __init__(self, weights, name, horizon):
        self.state, self.bias, self.item = weights[name + ".state.weight"], weights[name + ".state.bias"], weights[name + ".item.weight"]
        self.hidden, self.hidden_bias = weights[name + ".hidden.weight"], weights[name + ".hidden.bias"]
        self.output, self.output_bias = weights[name + ".output.weight"], weights[name + ".output.bias"]
        self.horizon = horizon

    def parts(self, states, items):
        """rho and phi of what the two projections broadcast to."""
        first = torch.relu_(states + items)
        outputs = F.linear(torch.relu_(F.linear(first, self.hidden, self.hidden_bias)), self.output, self.output_bias)
        return outputs[..., 0], outputs[..., 1] * self.horizon

    def project_state(self, states):
        return F.linear(states, self.state, self.bias)

    def project_item(self, items):
        return F.linear(items, self.item)

    def of_one(self, states, points):
        rewards, futures = self.parts(self.project_state(states), self.project_item(points))
        return rewards + futures


class Networks:
    """Embeddings, critics and actor; each weight a tensor of its own."""

    def __init__(self, state, prefix, critics, horizon, features):
        self.weights = {name[len(prefix):]: values.clone().requires_grad_() for name, values in state.items() if name.startswith(prefix)}
        self.critics = [Critic(self.weights, name, horizon) for name in ["critic", "critic2"][:critics]]
        self.features = features

    def of(self, actor):
        return [weight for name, weight in self.weights.items() if name.startswith("actor.") == actor]

    def items(self):
        embedding = self.weights["items.embedding"]
        return torch.tanh(embedding if self.features is None else embedding + F.linear(self.features, self.weights["items.projection"]))

    def actor(self, states):
        hidden = torch.relu_(F.linear(states, self.weights["actor.0.weight"], self.weights["actor.0.bias"]))
        hidden = torch.relu_(F.linear(hidden, self.weights["actor.1.weight"], self.weights["actor.1.bias"]))
        return F.linear(hidden, self.weights["actor.2.weight"], self.weights["actor.2.bias"])


def standardise(table, other):
    """What brings a table's columns to mean 0 and deviation 1; a column that is the same everywhere becomes 0."""
    mean = table.mean(0)
    deviation = (table - mean).square().mean(0).sqrt()
    return (other - mean) * torch.where(deviation > 1e-6, 1 / deviation, torch.zeros_like(deviation))


class Learner:
    def __init__(self, state, task, device, mode):
        self.task = task
        self.device = device
        state = {name: values.to(device) for name, values in state.items()}
        self.twins = task["agent"] == "td3"
        discount = task["discount"]
        self.horizon = discount / (1 - discount)
        self.scale = max(1.0, self.horizon)
        item_features = state.get("population.items")
        features = None if item_features is None else standardise(item_features, item_features)
        self.online = Networks(state, "online.", 2 if self.twins else 1, self.horizon, features)
        self.target = Networks(state, "target.", 2 if self.twins else 1, self.horizon, features)
        # One call for all tensors where the version has it, which is PyTorch's own faster way.
        # Only steps that count on the device can be captured.
        self.critic_optimizer = torch.optim.Adam(self.online.of(actor=False), lr=task["criticLearningRate"], foreach=True, capturable=mode == "graphs")
        self.actor_optimizer = torch.optim.Adam(self.online.of(actor=True), lr=task["actorLearningRate"], foreach=True, capturable=mode == "graphs")
        replay = {name[len("replay."):]: values for name, values in state.items() if name.startswith("replay.")}
        self.replay = {name: values.long() if values.dtype == torch.int32 else values for name, values in replay.items()}
        for side in ["state", "next"]:
            # Features are standardised once, not for every batch.
            if side + ".userFeatures" in self.replay:
                self.replay[side + ".userFeatures"] = standardise(state["population.users"], self.replay[side + ".userFeatures"])
        self.places, self.noises = state["places"], state["noises"]
        self.sums = torch.zeros(4, dtype=torch.float64, device=device)
        self.updates = 0
        self.step = {"eager": lambda: self.learn, "compiled": lambda: torch.compile(self.learn), "graphs": lambda: Graphs(self)}[mode]()

    def sample(self, places):
        return {name: self.replay[name].index_select(0, places) for name in self.wanted()}

    def wanted(self):
        sides = [side + part for side in ["state.", "next."] for part in ["recentItems", "recentResponses", "userFeatures"]]
        return ["items", "responses", "terminated"] + [name for name in sides if name in self.replay]

    def states(self, batch, side, items):
        recent, responses = batch[side + ".recentItems"], batch[side + ".recentResponses"]
        shown = recent >= 0
        points = items.index_select(0, recent.clamp_min(0).view(-1)).view(recent.shape[0], recent.shape[1], -1)
        liked = (responses > 0) & shown
        means = []
        for chosen in [liked, shown & ~liked]:
            chosen = chosen.float()
            means.append((chosen / chosen.sum(1, keepdim=True).clamp_min(1)).unsqueeze(1).bmm(points).squeeze(1))
        features = batch.get(side + ".userFeatures")
        return torch.cat(means if features is None else [features] + means, 1)

    def futures(self, batch, noise):
        """gamma (1 - terminated) V', V' the K highest values among the items nearest to the target actor's point, summed."""
        with torch.no_grad():
            items = self.target.items()
            states = self.states(batch, "next", items)
            points = self.target.actor(states).clamp_(-1, 1)
            if self.twins:
                points = (points + (noise * self.task["targetNoise"]).clamp_(-self.task["targetNoiseClip"], self.task["targetNoiseClip"])).clamp_(-1, 1)
            count, slots = max(self.task["slots"], self.task["bootstrapCandidates"]), self.task["slots"]
            candidates = None if count >= items.shape[0] else self.nearness(points, items).topk(count, dim=1).indices
            values = []
            for critic in self.target.critics:
                projected = critic.project_item(items)
                if candidates is not None:
                    projected = projected.index_select(0, candidates.view(-1)).view(candidates.shape[0], count, -1)
                rewards, later = critic.parts(critic.project_state(states).unsqueeze(1), projected)
                values.append(rewards + later)
            value = (torch.minimum(*values) if self.twins else values[0]).topk(slots, dim=1).values.sum(1)
            return value.masked_fill(batch["terminated"], 0) * self.task["discount"]

    @staticmethod
    def nearness(points, items):
        return points @ items.t() * 2 - items.square().sum(1)

    def update(self, places, noise=None):
        if self.twins and noise is None:
            noise = torch.randn(self.noises.shape[1:], device=self.device)
        self.step(places, noise, not self.twins or self.updates % self.task["actorDelay"] == 0)
        self.updates += 1

    def learn(self, places, noise, with_actor):
        batch = self.sample(places)
        futures = self.futures(batch, noise)

        items = self.online.items()
        states = self.states(batch, "state", items)
        seen = states.detach()
        rows, slots = batch["items"].shape
        shown = items.index_select(0, batch["items"].view(-1)).view(rows, slots, -1)
        with torch.no_grad():
            pointed = self.online.actor(seen).clamp_(-1, 1)
            nearest = items.index_select(0, self.nearness(pointed, items).argmax(1))
        loss, grounding, values = 0, 0, 0
        for critic in self.online.critics:
            rewards, later = critic.parts(critic.project_state(states).unsqueeze(1), critic.project_item(shown))
            loss = loss + F.mse_loss(rewards, batch["responses"]) + ((later.sum(1) - futures) / self.scale).square().mean() / slots
            with torch.no_grad():
                held = critic.of_one(states, nearest)
            grounding = grounding + ((critic.of_one(states, pointed) - held) / self.scale).square().mean()
            values = values + (rewards.mean() + later.mean()).detach()
        self.critic_optimizer.zero_grad(set_to_none=True)
        (loss + self.task["grounding"] * grounding).backward()
        self.critic_optimizer.step()
        figures = [loss.detach(), grounding.detach(), values / len(self.online.critics), batch["responses"].mean() + futures.mean() / slots]
        self.sums += torch.stack(figures)

        if with_actor:
            # Inverted gradients (Hausknecht and Stone 2016): a coordinate slows down at its bound and is turned back beyond it.
            outputs = self.online.actor(seen)
            leaves = outputs.detach().clamp(-1, 1).requires_grad_()
            slopes = torch.autograd.grad(self.online.critics[0].of_one(seen, leaves).sum(), leaves)[0]
            room = torch.where(slopes > 0, 1 - outputs.detach(), 1 + outputs.detach()) * 0.5
            self.actor_optimizer.zero_grad(set_to_none=True)
            (-(outputs * (slopes * room)).sum(1)).mean().backward()
            self.actor_optimizer.step()
            self.follow_online()

    def follow_online(self):
        with torch.no_grad():
            for name, weight in self.target.weights.items():
                weight.lerp_(self.online.weights[name], self.task["tau"])

    def follow(self):
        for update in range(self.places.shape[0]):
            self.update(self.places[update], self.noises[update] if self.twins else None)
        return self.sums.tolist()

    def measure(self, updates):
        self.finish()
        processor, clock = time.process_time(), time.perf_counter()
        for _ in range(updates):
            self.update(torch.randint(self.replay["items"].shape[0], (self.task["batchSize"],), device=self.device))
        self.finish()
        return [time.process_time() - processor, time.perf_counter() - clock]


    def finish(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


class Graphs:
    """Whole updates as CUDA graphs, one with the actor's step and one without: inputs are copied to where they were captured, and everything else stays in place."""

    def __init__(self, learner):
        self.places = learner.places[0].clone()
        self.noise = learner.noises[0].clone()
        learned = list(learner.online.weights.values()) + list(learner.target.weights.values()) + [learner.sums]
        before = [values.detach().clone() for values in learned]
        self.graphs = {}
        for with_actor in [True, False] if learner.twins else [True]:
            # What a library prepares at its first call must not be captured.
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(3):
                    learner.learn(self.places, self.noise, with_actor)
            torch.cuda.current_stream().wait_stream(stream)
            self.graphs[with_actor] = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graphs[with_actor]):
                learner.learn(self.places, self.noise, with_actor)
        # Warming up was no learning.
        with torch.no_grad():
            for values, value in zip(learned, before):
                values.copy_(value)
            for optimizer in [learner.critic_optimizer, learner.actor_optimizer]:
                for moments in optimizer.state.values():
                    for values in moments.values():
                        values.zero_()

    def __call__(self, places, noise, with_actor):
        self.places.copy_(places)
        if noise is not None:
            self.noise.copy_(noise)
        self.graphs[with_actor].replay()


def main():
    state, task, threads, device, mode = sys.argv[1:]
    torch.set_num_threads(int(threads))
    learner = None
    for line in sys.stdin:
        if line.strip() != "follow":
            answer = learner.measure(int(line))
        elif mode == "compiled" and not hasattr(torch, "compile"):
            answer = f"PyTorch {torch.__version__} has no torch.compile"
        elif mode == "graphs" and torch.device(device).type != "cuda":
            answer = "CUDA graphs need CUDA"
        else:
            try:
                learner = Learner(read(state), json.loads(task), torch.device(device), mode)
                answer = learner.follow()
            except Exception as fault:
                # A compiler that is missing, an operation that cannot be captured: the other ways are measured all the same.
                if mode == "eager":
                    raise
                traceback.print_exc()
                answer = f"{mode} failed: {type(fault).__name__}"
        print(json.dumps(answer), flush=True)


main()
