"""A policy of MABWiser on a stream that the benchmark `bandits` wrote: it is fitted on the first batch as it was logged, then decides batch by batch and learns
from each. Arguments: folder, decisions, features, items, batch, policy. Prints what came of it as one line of JSON."""

import json
import sys
import time

import numpy
from mabwiser.mab import MAB, LearningPolicy, __version__

POLICIES = {
    "ucb": LearningPolicy.UCB1(alpha=1.0),
    "thompson": LearningPolicy.ThompsonSampling(),
    "epsilon-greedy": LearningPolicy.EpsilonGreedy(epsilon=0.1),
    "linucb": LearningPolicy.LinUCB(alpha=0.5, l2_lambda=1.0),
    "linear-thompson": LearningPolicy.LinTS(alpha=0.3, l2_lambda=1.0),
}


def play(policy, contexts, responses, logged, batch):
    """Seconds of processor time, decisions and the sum of their responses, without the first batch."""
    bandit = MAB(arms=list(range(responses.shape[1])), learning_policy=policy, seed=1, n_jobs=1)
    learns_contexts = bandit.is_contextual
    rows = numpy.arange(batch)

    def learn(fit, decisions, start):
        rewards = responses[start:start + batch][rows, decisions]
        fit(decisions, rewards, contexts[start:start + batch] if learns_contexts else None)
        return rewards.sum()

    learn(bandit.fit, logged[:batch], 0)
    starts = range(batch, len(contexts) - batch + 1, batch)
    reward, begin = 0.0, time.process_time()
    for start in starts:
        decisions = numpy.asarray(bandit.predict(contexts[start:start + batch]))
        reward += learn(bandit.partial_fit, decisions, start)
    return time.process_time() - begin, len(starts) * batch, reward


def main():
    folder, (decisions, features, items, batch), policy = sys.argv[1], map(int, sys.argv[2:6]), POLICIES[sys.argv[6]]
    contexts = numpy.fromfile(f"{folder}/features", numpy.float32).reshape(decisions, features).astype(float)
    contexts = numpy.hstack([numpy.ones((decisions, 1)), contexts])
    responses = numpy.fromfile(f"{folder}/responses", numpy.uint8).reshape(decisions, items).astype(float)
    logged = numpy.fromfile(f"{folder}/logged", numpy.int64)
    play(policy, contexts[:3 * batch], responses[:3 * batch], logged, batch)
    seconds, decided, reward = play(policy, contexts, responses, logged, batch)
    print(json.dumps({"version": __version__, "seconds": seconds, "decisions": decided, "reward": reward / decided, "parsing": 0.0}))


main()
