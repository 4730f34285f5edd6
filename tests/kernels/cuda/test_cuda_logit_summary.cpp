// What the device makes of rows of logits: the best in order, the sums, and what is no number;
// against plain sorting on the host.
#include "kernels/api/devices.h"
#include "kernels/check/random_tensor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

using namespace inferlab;

namespace {

std::vector<LogitSummary> summarise(const std::vector<float> &logits, int64_t rows,
                                    const std::vector<float> &temperatures)
{
    const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
    const auto device = cuda->allocate(logits.size() * sizeof(float));
    cuda->upload(device->data(), logits.data(), device->bytes());
    const int64_t cols = static_cast<int64_t>(logits.size()) / rows;
    std::vector<LogitSummary> summaries(static_cast<size_t>(rows));
    cuda->summariseLogits({static_cast<const float *>(device->data()), rows, cols, cols},
                          temperatures, summaries);
    return summaries;
}

double weightSum(const float *row, int64_t cols, float best, float temperature)
{
    double sum = 0.0;
    for (int64_t c = 0; c < cols; ++c)
        sum += std::exp(static_cast<double>(row[c] - best) / static_cast<double>(temperature));
    return sum;
}

void checkRow(const LogitSummary &summary, const float *row, int64_t cols, float temperature)
{
    std::vector<int32_t> ids(static_cast<size_t>(cols));
    std::iota(ids.begin(), ids.end(), 0);
    std::stable_sort(ids.begin(), ids.end(), [&](int32_t a, int32_t b) { return row[a] > row[b]; });
    REQUIRE(summary.count == std::min<int64_t>(cols, LogitSummary::kMost));
    for (int32_t i = 0; i < summary.count; ++i) {
        const int32_t id = ids[static_cast<size_t>(i)];
        REQUIRE(summary.ids[i] == id);
        REQUIRE(summary.logits[i] == row[id]);
    }
    CHECK(summary.notNumbers == 0);
    CHECK(summary.sum == doctest::Approx(weightSum(row, cols, row[ids[0]], 1.0f)).epsilon(1e-5));
    if (temperature > 0.0f)
        CHECK(summary.sumTempered
              == doctest::Approx(weightSum(row, cols, row[ids[0]], temperature)).epsilon(1e-5));
    else
        CHECK(summary.sumTempered == 0.0);
}

void checkAll(const std::vector<float> &logits, int64_t rows)
{
    std::vector<float> temperatures;
    for (int64_t r = 0; r < rows; ++r)
        temperatures.push_back(0.5f * static_cast<float>(r)); // 0 for the first
    const int64_t cols = static_cast<int64_t>(logits.size()) / rows;
    const std::vector<LogitSummary> summaries = summarise(logits, rows, temperatures);
    for (int64_t r = 0; r < rows; ++r)
        checkRow(summaries[static_cast<size_t>(r)], logits.data() + r * cols, cols,
                 temperatures[static_cast<size_t>(r)]);
}

} // namespace

TEST_CASE("the best and the sums of random rows, at and around the edges of threads and counts")
{
    for (const int64_t cols : {1, 5, 63, 64, 65, 511, 512, 513, 5000}) {
        CAPTURE(cols);
        std::vector<float> logits = randomFloats(static_cast<size_t>(3 * cols), 7);
        for (float &logit : logits)
            logit *= 12.0f;
        checkAll(logits, 3);
    }
}

TEST_CASE("equal logits keep the order of their ids, and zeros have no sign")
{
    checkAll(std::vector<float>(3000, -2.5f), 1);
    std::vector<float> few(2000);
    for (size_t i = 0; i < few.size(); ++i)
        few[i] = static_cast<float>(i * 7 % 5) - 2.0f;
    checkAll(few, 1);
    std::vector<float> zeros(600, 0.0f);
    for (size_t i = 0; i < zeros.size(); i += 2)
        zeros[i] = -0.0f;
    checkAll(zeros, 1);
}

TEST_CASE("rows in order, rising or falling")
{
    std::vector<float> rising(4000);
    std::iota(rising.begin(), rising.end(), -2000.0f);
    checkAll(rising, 1);
    std::reverse(rising.begin(), rising.end());
    checkAll(rising, 1);
}

TEST_CASE("a row whose best all fall to few threads says that it is not summarised")
{
    std::vector<float> logits(512 * 60, -1.0f);
    for (size_t i = 0; i < logits.size(); ++i) {
        if (i % 512 < 10) // 600 of them
            logits[i] = 1.0f + static_cast<float>(i) * 1e-4f;
    }
    CHECK(summarise(logits, 1, {1.0f})[0].count == 0);
}

TEST_CASE("what is no number is counted, and minus infinity weighs nothing")
{
    std::vector<float> logits = randomFloats(1000, 8);
    logits[3] = logits[600] = std::nanf("");
    CHECK(summarise(logits, 1, {1.0f})[0].notNumbers == 2);
    logits[3] = logits[600] = -std::numeric_limits<float>::infinity();
    checkAll(logits, 1);
}
