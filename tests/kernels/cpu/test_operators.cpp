// Every operator of the CPU backend against the reference, for each instruction set of this
// machine, at shapes at and around the edges of vectors, tiles, blocks and chunks; nothing is
// written out of bounds.
#include "kernels/check/operator_check.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/reference/reference_backend.h"

#include <doctest/doctest.h>

using namespace inferlab;

namespace {

void compareAll(Isa isa, int threads)
{
    const std::unique_ptr<Backend> reference = makeReferenceBackend(1);
    const std::unique_ptr<Backend> cpu = makeCpuBackend(threads, isa);
    for (const OperatorCase &operatorCase : edgeCases()) {
        const OperatorComparison comparison = compareOperator(operatorCase, *cpu, *reference);
        CAPTURE(operatorCase.op);
        CAPTURE(operatorCase.dtype);
        CAPTURE(operatorCase.shape);
        CAPTURE(operatorCase.tolerance);
        CHECK(comparison.unsupported == "");
        CHECK(comparison.finite);
        CHECK(comparison.guardsIntact);
        CHECK(comparison.maxError <= operatorCase.tolerance);
        CHECK(comparison.passed);
    }
}

} // namespace

TEST_CASE("every operator agrees with the reference, with each instruction set")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        compareAll(isa, 2);
    }
}

TEST_CASE("on one thread and on more threads than cores too")
{
    for (int threads : {1, 5}) {
        CAPTURE(threads);
        compareAll(detectIsa(), threads);
    }
}

TEST_CASE("an instruction set that the machine lacks is refused")
{
    if (detectIsa() == Isa::Amx)
        return; // this machine runs all of them
    CHECK_THROWS_AS(makeCpuBackend(1, Isa::Amx), std::runtime_error);
}
