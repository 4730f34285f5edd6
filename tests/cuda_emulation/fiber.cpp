// glibc's checked longjmp takes a change of stacks for an overflow.
#undef _FORTIFY_SOURCE

#include "fiber.h"

#include <cstdint>
#include <ucontext.h>

namespace inferlab::emulation {

namespace {

// Kernels keep some hundred bytes each; assertions and printing need more.
constexpr size_t kStackBytes = size_t {64} * 1024;

} // namespace

void Fiber::start(std::function<void()> body)
{
    if (!m_stack)
        m_stack = std::make_unique<unsigned char[]>(kStackBytes);
    m_body = std::move(body);
    m_begun = false;
}

// makecontext() passes integers: the pointer comes in two halves.
void Fiber::enter(unsigned low, unsigned high)
{
    auto *fiber =
        reinterpret_cast<Fiber *>(static_cast<uintptr_t>(low) | static_cast<uintptr_t>(high) << 32);
    fiber->m_body();
    longjmp(fiber->m_outside, 1);
}

void Fiber::resume()
{
    if (_setjmp(m_outside) != 0)
        return;
    if (m_begun)
        longjmp(m_inside, 1);
    m_begun = true;
    ucontext_t context {};
    getcontext(&context);
    context.uc_stack.ss_sp = m_stack.get();
    context.uc_stack.ss_size = kStackBytes;
    context.uc_link = nullptr;
    const auto address = reinterpret_cast<uintptr_t>(this);
    makecontext(&context, reinterpret_cast<void (*)()>(&Fiber::enter), 2,
                static_cast<unsigned>(address), static_cast<unsigned>(address >> 32));
    setcontext(&context);
}

void Fiber::yield()
{
    if (_setjmp(m_inside) == 0)
        longjmp(m_outside, 1);
}

} // namespace inferlab::emulation
