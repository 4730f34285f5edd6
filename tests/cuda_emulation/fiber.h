// A stack of its own for one thread of an emulated block, and changing to it and back. Switching
// is by setjmp and longjmp, which unlike swapcontext() enter no kernel: some ten nanoseconds.
#pragma once

#include <csetjmp>
#include <functional>
#include <memory>

namespace inferlab::emulation {

class Fiber
{
public:
    // Forgets what ran before. `body` begins with the next resume().
    void start(std::function<void()> body);
    // Runs until the body ends or yields. From outside only.
    void resume();
    // Back to who resumed. From within the body only.
    void yield();

private:
    static void enter(unsigned low, unsigned high);

    std::unique_ptr<unsigned char[]> m_stack;
    std::function<void()> m_body;
    std::jmp_buf m_inside;
    std::jmp_buf m_outside;
    bool m_begun = false;
};

} // namespace inferlab::emulation
