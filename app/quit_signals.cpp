// A signal's handler may do next to nothing: it writes the signal's number into a pipe that the
// event loop reads.
#include "quit_signals.h"

#include <array>
#include <csignal>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace inferlab {

namespace {

constexpr std::array kSignals {SIGINT, SIGTERM, SIGHUP};
std::array<int, 2> pipeEnds {-1, -1};

void passOn(int signal)
{
    const auto number = static_cast<unsigned char>(signal);
    // A full pipe holds signals enough, and there is nobody here to tell.
    [[maybe_unused]] const ssize_t written = write(pipeEnds[1], &number, 1);
    std::signal(signal, SIG_DFL); // for whoever is not patient
}

} // namespace

QuitSignals::QuitSignals(std::function<void()> quit)
    : m_quit(std::move(quit))
{
    if (pipe(pipeEnds.data()) != 0)
        throw std::runtime_error("no pipe for signals");
    m_notifier = std::make_unique<QSocketNotifier>(pipeEnds[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &QuitSignals::read);
    for (const int signal : kSignals) {
        if (std::signal(signal, passOn) == SIG_IGN)
            std::signal(signal, SIG_IGN); // as nohup and shells' background jobs ask
    }
}

QuitSignals::~QuitSignals()
{
    for (const int signal : kSignals)
        std::signal(signal, SIG_DFL);
    m_notifier.reset();
    for (const int end : pipeEnds)
        close(end);
}

void QuitSignals::read()
{
    unsigned char number = 0;
    if (::read(pipeEnds[0], &number, 1) != 1)
        return;
    m_received = number;
    m_quit();
}

} // namespace inferlab
