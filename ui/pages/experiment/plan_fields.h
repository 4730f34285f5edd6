// The fields of a plan editor. What nobody touched stays exactly as the plan had it, also where a
// field could not show it: a seed beyond a spin box, a temperature with five digits.
#pragma once

#include "app/experiment/experiment.h"

#include <QObject>
#include <functional>
#include <utility>
#include <vector>

namespace inferlab {

class PlanFields : public QObject
{
    Q_OBJECT

public:
    // Puts a field's value into the plan. May throw InputError for what is no value at all.
    using Write = std::function<void(Experiment &)>;

    using QObject::QObject;

    // The field shows the plan's value already; `changed` is its signal for a person's change.
    template <typename Field, typename Signal>
    void bind(Field *field, Signal changed, Write write)
    {
        const size_t index = m_fields.size();
        m_fields.push_back({std::move(write), false});
        connect(field, changed, this, [this, index] {
            m_fields[index].touched = true;
            emit edited();
        });
    }

    void apply(Experiment &plan) const;

signals:
    void edited();

private:
    struct Field
    {
        Write write;
        bool touched = false;
    };
    std::vector<Field> m_fields;
};

} // namespace inferlab
