// Cases of what is made of logits before a token is drawn.
#include "guarded_memory.h"
#include "operator_check.h"
#include "random_tensor.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

// float32 sums of exponentials, as logarithms.
constexpr double kTolerance = 1e-5;
// The spread of logits that a language model gives.
constexpr float kSpread = 12.0f;

std::vector<float> logitsOf(int64_t rows, int64_t vocabulary)
{
    std::vector<float> logits = randomFloats(static_cast<size_t>(rows * vocabulary), 8);
    for (float &logit : logits)
        logit *= kSpread;
    return logits;
}

class SummariseOperator final : public PreparedOperator
{
public:
    SummariseOperator(Backend &backend, int64_t rows, int64_t vocabulary, float temperature)
        : m_backend(&backend)
        , m_vocabulary(vocabulary)
        , m_logits(backend, rows, vocabulary, logitsOf(rows, vocabulary))
        , m_temperatures(static_cast<size_t>(rows), temperature)
        , m_summaries(static_cast<size_t>(rows))
    { }
    void run() override
    {
        m_backend->summariseLogits(m_logits.view(), m_temperatures, m_summaries);
    }
    // Of each row the best logits, their places in the vocabulary, and the logarithms of the sums.
    std::vector<float> output() const override
    {
        std::vector<float> values;
        for (const LogitSummary &summary : m_summaries) {
            // What lies behind the count means nothing.
            for (int32_t i = 0; i < LogitSummary::kMost; ++i) {
                const bool counts = i < summary.count;
                const auto id = static_cast<float>(counts ? summary.ids[i] : 0);
                values.push_back(counts ? summary.logits[i] : 0.0f);
                values.push_back(kSpread * id / static_cast<float>(m_vocabulary));
            }
            values.push_back(static_cast<float>(summary.count));
            values.push_back(static_cast<float>(std::log(summary.sum)));
            values.push_back(static_cast<float>(std::log1p(summary.sumTempered)));
        }
        return values;
    }
    bool guardsIntact() const override { return m_logits.intact(); }

private:
    Backend *m_backend;
    int64_t m_vocabulary;
    GuardedMatrix m_logits;
    std::vector<float> m_temperatures;
    std::vector<LogitSummary> m_summaries;
};

} // namespace

OperatorCase summariseLogitsCase(int64_t rows, int64_t vocabulary, float temperature)
{
    const double count = static_cast<double>(rows) * static_cast<double>(vocabulary);
    OperatorCase result;
    result.op = "summariseLogits";
    result.shape = std::to_string(rows) + " x " + std::to_string(vocabulary)
        + (temperature > 0.0f ? " tempered" : " greedy");
    result.dtype = "F32";
    result.tolerance = kTolerance;
    result.bytes = count * sizeof(float);
    result.flops = (temperature > 0.0f ? 40 : 20) * count; // an exponential is some 20
    result.unsupported = [](Backend &) { return std::string(); };
    result.prepare = [=](Backend &backend) {
        return std::make_unique<SummariseOperator>(backend, rows, vocabulary, temperature);
    };
    return result;
}

} // namespace inferlab
