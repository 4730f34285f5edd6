#include "plan_fields.h"

namespace inferlab {

void PlanFields::apply(Experiment &plan) const
{
    for (const Field &field : m_fields) {
        if (field.touched)
            field.write(plan);
    }
}

} // namespace inferlab
