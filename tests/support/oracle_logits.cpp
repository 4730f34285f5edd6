#include "oracle_logits.h"

#include "engine/base/json.h"
#include "engine/model/evaluate.h"
#include "engine/run/engine.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace inferlab::test {

namespace {

std::string readAll(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty())
        throw std::runtime_error("cannot read " + path);
    return text.str();
}

double optionalNumber(const Json &object, const char *key, double otherwise)
{
    return object.contains(key) && object[key].is_number() ? object[key].get<double>() : otherwise;
}

} // namespace

std::vector<ExpectedSequence> readTinyExpectation(const std::string &path, const std::string &key)
{
    const Json document = parseJson(readAll(path), path);
    std::vector<ExpectedSequence> sequences;
    for (const Json &entry : document.at(key)) {
        ExpectedSequence sequence;
        sequence.name = std::to_string(entry.at("ids").size()) + " ids";
        sequence.ids = entry.at("ids").get<std::vector<int32_t>>();
        const auto logits = entry.at("logits").get<std::vector<float>>();
        for (size_t i = 0; i < logits.size(); ++i)
            sequence.logits.emplace_back(static_cast<int32_t>(i), logits[i]);
        sequence.meanNll = optionalNumber(entry, "mean_nll", -1.0);
        sequence.greedy = entry.at("greedy").get<std::vector<int32_t>>();
        sequence.gaps = entry.at("gaps").get<std::vector<double>>();
        sequences.push_back(std::move(sequence));
    }
    return sequences;
}

std::vector<ExpectedSequence> readSmolExpectation(const std::string &path)
{
    std::istringstream lines(readAll(path));
    std::vector<ExpectedSequence> sequences;
    for (std::string line; std::getline(lines, line);) {
        const Json entry = parseJson(line, path);
        ExpectedSequence sequence;
        sequence.name = entry.at("name").get<std::string>();
        sequence.ids = entry.at("ids").get<std::vector<int32_t>>();
        for (const char *key : {"top20", "fixed"}) {
            for (const Json &pair : entry.at(key))
                sequence.logits.emplace_back(pair.at(0).get<int32_t>(), pair.at(1).get<float>());
        }
        sequence.logSumExp = entry.at("logsumexp").get<double>();
        sequence.meanNll = optionalNumber(entry, "mean_nll", -1.0);
        sequence.greedy = entry.at("greedy").get<std::vector<int32_t>>();
        sequence.gaps = entry.at("gaps").get<std::vector<double>>();
        sequences.push_back(std::move(sequence));
    }
    return sequences;
}

Measured measure(LoadedModel &model, const std::vector<int32_t> &ids, DType cacheType)
{
    Measured measured;
    EvaluateOptions options;
    options.allPositions = true;
    options.cacheType = cacheType;
    double nll = 0.0;
    evaluate(model, ids, options, [&](int32_t position, std::span<const float> logits) {
        const size_t next = static_cast<size_t>(position) + 1;
        if (next < ids.size()) {
            nll += negativeLogLikelihood(logits, ids[next]);
        } else {
            measured.lastLogits.assign(logits.begin(), logits.end());
            measured.logSumExp = logSumExp(logits);
        }
    });
    if (ids.size() > 1)
        measured.meanNll = nll / static_cast<double>(ids.size() - 1);
    return measured;
}

double largestDifference(const ExpectedSequence &expected, const Measured &measured)
{
    double largest = 0.0;
    for (const auto &[id, logit] : expected.logits)
        largest = std::max(
            largest,
            std::abs(static_cast<double>(measured.lastLogits.at(static_cast<size_t>(id))) - logit));
    return largest;
}

double correlation(const ExpectedSequence &expected, const Measured &measured)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (const auto &[id, logit] : expected.logits) {
        const double x = logit;
        const double y = measured.lastLogits.at(static_cast<size_t>(id));
        n += 1;
        sx += x;
        sy += y;
        sxx += x * x;
        syy += y * y;
        sxy += x * y;
    }
    return (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

GreedyAgreement compareGreedy(const std::shared_ptr<LoadedModel> &model,
                              const ExpectedSequence &expected, DType cacheType)
{
    EngineOptions options;
    options.cacheType = cacheType;
    options.contextTokens = static_cast<int32_t>(expected.ids.size() + expected.greedy.size());
    const std::unique_ptr<Engine> engine = openEngine(model, options);
    Request request;
    request.promptTokens = expected.ids;
    request.maxNewTokens = static_cast<int32_t>(expected.greedy.size());
    request.ignoreEnd = true;
    engine->submit(std::move(request));
    std::vector<int32_t> produced;
    while (!engine->idle()) {
        for (const TokenEvent &token : engine->step().tokens)
            produced.push_back(token.id);
    }
    GreedyAgreement agreement;
    if (produced.size() != expected.greedy.size())
        throw std::runtime_error("the engine produced " + std::to_string(produced.size())
                                 + " tokens instead of " + std::to_string(expected.greedy.size()));
    for (; agreement.agreed < produced.size(); ++agreement.agreed) {
        if (produced[agreement.agreed] != expected.greedy[agreement.agreed]) {
            agreement.gapAtDifference = expected.gaps[agreement.agreed];
            break;
        }
    }
    return agreement;
}

} // namespace inferlab::test
