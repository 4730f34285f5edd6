// How long an operator of a backend takes where nothing disturbs it.
#pragma once

#include "kernels/api/backend.h"
#include "kernels/check/operator_check.h"

#include <functional>
#include <memory>

namespace inferlab {

class OperatorTimer
{
public:
    // Both must outlive the timer.
    OperatorTimer(Backend &backend, const StopCheck &stop);

    // The fastest of many runs, in some 40 ms: other programs make a machine slower and never
    // faster. Throws Cancelled when told to stop.
    double seconds(const OperatorCase &operatorCase);
    // Of one among many in a step that is given to the device as a whole; 0 where none can be.
    double replayedSeconds(const OperatorCase &operatorCase);

private:
    double fastest(const std::function<void()> &run);
    // A GPU computes while the program goes on; what is downloaded has been computed.
    void waitForDevice();

    Backend &m_backend;
    const StopCheck &m_stop;
    std::unique_ptr<Buffer> m_word; // null where nobody has to wait
};

} // namespace inferlab
