// Vowpal Wabbit on a stream that the benchmark `bandits` wrote: it learns from the first decisions as they were logged, then decides and learns one by one, as it
// does by nature. Arguments: folder, decisions, features, items, first (how many are learned from before it decides), batch (of no meaning
// here), then Vowpal Wabbit's own. Prints what came of it as one line of JSON.

#include "vw/config/options_cli.h"
#include "vw/core/cb.h"
#include "vw/core/learner.h"
#include "vw/core/version.h"
#include "vw/core/vw.h"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{
struct Stream
{
  std::vector<std::string> lines;  // lines_each for each decision
  std::vector<uint8_t> responses;  // [decisions, items]
  std::vector<int64_t> logged;     // [decisions]
  size_t decisions, items, lines_each;
};

double processor_seconds()
{
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename T>
std::vector<T> read(const std::string& path, size_t count)
{
  std::vector<T> values(count);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T))))
  {
    throw std::runtime_error(path + " is missing or too short");
  }
  return values;
}

Stream read_stream(const std::string& folder, size_t decisions, size_t items, bool multiline)
{
  Stream stream{{}, read<uint8_t>(folder + "/responses", decisions * items), read<int64_t>(folder + "/logged", decisions), decisions,
      items, multiline ? 1 + items : 1};
  std::ifstream text(folder + (multiline ? "/multiline.vw" : "/single.vw"));
  for (std::string line; std::getline(text, line);) { stream.lines.push_back(line); }
  if (stream.lines.size() != decisions * stream.lines_each) { throw std::runtime_error(folder + " holds another number of examples"); }
  return stream;
}

class Bandit
{
public:
  Bandit(const Stream& stream, const std::vector<std::string>& arguments)
      : _stream(stream), _all(VW::initialize(VW::make_unique<VW::config::options_cli>(arguments))), _random(1)
  {
  }

  /// What reading the text takes: every example is parsed and handed back.
  void parse(size_t first)
  {
    for (size_t decision = first; decision < _stream.decisions; ++decision)
    {
      read(decision);
      VW::finish_example(*_all, _examples);
    }
  }

  /// Learns from a decision as it was logged.
  void learn_logged(size_t decision)
  {
    read(decision);
    learn(decision, static_cast<size_t>(_stream.logged[decision]), 1.f / static_cast<float>(_stream.items));
  }

  /// Decides, and learns from the response.
  /// Returns the response.
  float decide(size_t decision)
  {
    read(decision);
    if (_stream.lines_each == 1) { _all->predict(*_examples[0]); }
    else { _all->predict(_examples); }
    const auto& chances = _examples[0]->pred.a_s;
    double left = std::uniform_real_distribution<>()(_random);
    size_t chosen = 0;
    while (chosen + 1 < chances.size() && (left -= chances[chosen].score) >= 0) { ++chosen; }
    return learn(decision, chances[chosen].action, chances[chosen].score);
  }

private:
  void read(size_t decision)
  {
    _examples.clear();
    for (size_t line = 0; line < _stream.lines_each; ++line)
    {
      _examples.push_back(VW::read_example(*_all, _stream.lines[decision * _stream.lines_each + line]));
    }
  }

  float learn(size_t decision, size_t item, float probability)
  {
    const float response = _stream.responses[decision * _stream.items + item];
    const bool multiline = _stream.lines_each > 1;
    auto& label = _examples[multiline ? 1 + item : 0]->l.cb;
    label.costs.assign(1, VW::cb_class(1.f - response, multiline ? 0 : static_cast<uint32_t>(item + 1), probability));
    for (auto* example : _examples) { example->test_only = false; }
    if (multiline)
    {
      _all->learn(_examples);
      _all->finish_example(_examples);
    }
    else
    {
      _all->learn(*_examples[0]);
      _all->finish_example(*_examples[0]);
    }
    return response;
  }

  const Stream& _stream;
  std::unique_ptr<VW::workspace> _all;
  VW::multi_ex _examples;
  std::mt19937_64 _random;
};
}  // namespace

int main(int argc, char** argv)
{
  try
  {
    if (argc < 8) { throw std::runtime_error("arguments are folder, decisions, features, items, first, batch, and those of Vowpal Wabbit"); }
    const size_t decisions = std::stoull(argv[2]), items = std::stoull(argv[4]), first = std::stoull(argv[5]);
    std::vector<std::string> arguments(argv + 7, argv + argc);
    const bool multiline = std::find(arguments.begin(), arguments.end(), "--cb_explore_adf") != arguments.end();
    arguments.push_back("--quiet");
    const auto stream = read_stream(argv[1], decisions, items, multiline);

    Bandit bandit(stream, arguments);
    for (size_t decision = 0; decision < first; ++decision) { bandit.learn_logged(decision); }
    double reward = 0;
    auto start = processor_seconds();
    for (size_t decision = first; decision < decisions; ++decision) { reward += bandit.decide(decision); }
    const auto seconds = processor_seconds() - start;

    Bandit reader(stream, arguments);
    start = processor_seconds();
    reader.parse(first);
    const auto parsing = processor_seconds() - start;
    std::cout << "{\"version\": \"" << VW::VERSION.to_string() << "\", \"seconds\": " << seconds << ", \"decisions\": " << decisions - first
              << ", \"reward\": " << reward / static_cast<double>(decisions - first) << ", \"parsing\": " << parsing << "}\n";
    return 0;
  }
  catch (const std::exception& fault)
  {
    std::cerr << fault.what() << '\n';
    return 1;
  }
}
