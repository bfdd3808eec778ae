"""A policy of MABWiser on a stream that the benchmark `bandits` wrote: it is fitted on the first decisions as they were logged, then decides batch by batch and
learns from each. Arguments: folder, decisions, features, items, first, batch, policy. Prints what came of it as one line of JSON."""

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


def play(policy, contexts, responses, logged, first, batch):
    """Seconds of processor time, decisions and the sum of their responses, without the first that were logged."""
    bandit = MAB(arms=list(range(responses.shape[1])), learning_policy=policy, seed=1, n_jobs=1)
    learns_contexts = bandit.is_contextual

    def learn(fit, decisions, start):
        end = start + len(decisions)
        rewards = responses[start:end][numpy.arange(len(decisions)), decisions]
        fit(decisions, rewards, contexts[start:end] if learns_contexts else None)
        return rewards.sum()

    learn(bandit.fit, logged[:first], 0)
    starts = range(first, len(contexts) - batch + 1, batch)
    reward, begin = 0.0, time.process_time()
    for start in starts:
        # Of a single decision, predict returns the item itself.
        decisions = numpy.atleast_1d(bandit.predict(contexts[start:start + batch]))
        reward += learn(bandit.partial_fit, decisions, start)
    return time.process_time() - begin, len(starts) * batch, reward


def main():
    folder, (decisions, features, items, first, batch), policy = sys.argv[1], map(int, sys.argv[2:7]), POLICIES[sys.argv[7]]
    contexts = numpy.fromfile(f"{folder}/features", numpy.float32).reshape(decisions, features).astype(float)
    contexts = numpy.hstack([numpy.ones((decisions, 1)), contexts])
    responses = numpy.fromfile(f"{folder}/responses", numpy.uint8).reshape(decisions, items).astype(float)
    logged = numpy.fromfile(f"{folder}/logged", numpy.int64)
    warm = first + 2 * batch
    play(policy, contexts[:warm], responses[:warm], logged, first, batch)
    seconds, decided, reward = play(policy, contexts, responses, logged, first, batch)
    print(json.dumps({"version": __version__, "seconds": seconds, "decisions": decided, "reward": reward / decided, "parsing": 0.0}))


main()
