// Operators that may take long ask whether to stop, between pieces of bounded size, and leave the
// rest undone. Counted, not timed.
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace inferlab;

namespace {

struct LongOperator
{
    std::string device;
    int threads;
    OperatorCase operatorCase;
    int atLeastAsked; // by a whole run
};

CacheShape cacheShape()
{
    CacheShape shape;
    shape.heads = 8;
    shape.kvHeads = 4;
    shape.headDim = 32;
    return shape;
}

// Products of many panels, of one token and of more than meet them at once; attention of a prompt
// and of one row on a long cache.
std::vector<LongOperator> longOperators()
{
    std::vector<LongOperator> operators;
    for (const int threads : {1, 2, 3}) {
        for (const DType dtype : {DType::Q4_0, DType::F32}) {
            // 4096 rows are 256 panels: 8 pieces of 32.
            operators.push_back({"cpu", threads, matmulCase(dtype, 1, 4096, 256, true), 8});
            operators.push_back({"cpu", threads, matmulCase(dtype, 40, 4096, 256, false), 8});
        }
        // Float tiles of 512 KiB hold 64 tokens of 2048 columns: the panels pass by three times.
        operators.push_back({"cpu", threads, matmulCase(DType::F32, 150, 512, 2048, false), 3});
        operators.push_back({"cpu", threads, attentionCase(cacheShape(), {{300, 300}}), 8});
        operators.push_back({"cpu", threads, attentionCase(cacheShape(), {{3000, 1}}), 6});
        operators.push_back({"cpu", threads, attentionCase(cacheShape(), {{3000, 40}}), 6});
    }
    operators.push_back({"reference", 1, matmulCase(DType::F32, 5, 200, 64, true), 200});
    operators.push_back({"reference", 1, attentionCase(cacheShape(), {{40, 10}}), 10 * 8});
    return operators;
}

// Runs with a check that says to stop from question number `stopAt` on. Returns how often it asked.
int runUntil(Backend &backend, PreparedOperator &prepared, int stopAt)
{
    std::atomic<int> asked {0};
    backend.setStopCheck([&asked, stopAt] { return ++asked >= stopAt; });
    prepared.run();
    backend.setStopCheck({});
    return asked;
}

size_t differences(const std::vector<float> &a, const std::vector<float> &b)
{
    REQUIRE(a.size() == b.size());
    size_t count = 0;
    for (size_t i = 0; i < a.size(); ++i)
        count += std::memcmp(&a[i], &b[i], sizeof(float)) != 0 ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("long operators ask whether to stop, and give up where they are told to")
{
    for (const LongOperator &tested : longOperators()) {
        CAPTURE(tested.device);
        CAPTURE(tested.threads);
        CAPTURE(tested.operatorCase.op);
        CAPTURE(tested.operatorCase.shape);
        CAPTURE(tested.operatorCase.dtype);
        const auto backend = openBackend(tested.device, tested.threads);
        const auto prepare = [&] { return tested.operatorCase.prepare(*backend); };

        const auto whole = prepare();
        const std::vector<float> untouched = whole->output();
        whole->run();
        const std::vector<float> expected = whole->output();

        constexpr int kNever = std::numeric_limits<int>::max();
        const auto asking = prepare();
        const int asked = runUntil(*backend, *asking, kNever);
        CHECK(asked >= tested.atLeastAsked);
        CHECK(differences(asking->output(), expected) == 0);

        const auto atOnce = prepare();
        // Each thread asks once more at most, and the caller before it puts the pieces together.
        const int lastQuestions = tested.threads + 1;
        CHECK(runUntil(*backend, *atOnce, 1) <= lastQuestions);
        CHECK(differences(atOnce->output(), untouched) == 0);

        // Half of the questions: work is left, and what was done before is as it should be.
        const auto half = prepare();
        CHECK(runUntil(*backend, *half, asked / 2) <= asked / 2 + lastQuestions);
        const std::vector<float> found = half->output();
        CHECK(differences(found, expected) > 0);
        CHECK(half->guardsIntact());
    }
}

TEST_CASE("a backend asks nobody any more once the check is taken away")
{
    const auto backend = openBackend("cpu", 2);
    int asked = 0;
    backend->setStopCheck([&asked] {
        ++asked;
        return true;
    });
    backend->setStopCheck({});
    const OperatorCase product = matmulCase(DType::Q8_0, 3, 64, 64, false);
    const auto reference = openBackend("reference", 1);
    CHECK(compareOperator(product, *backend, *reference).passed);
    CHECK(asked == 0);
}
