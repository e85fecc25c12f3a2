package org.jengine.cifar.cli;

import java.util.List;

/** The commands of this module. */
public final class CoreCommands implements CommandProvider {
    @Override
    public List<Object> commands(Console console) {
        return List.of(new TrainCommand(console), new EvalCommand(console), new ShowCommand(console), new DataCommand(console),
                new DevicesCommand(console), new DoctorCommand(console), new PlanCommand(console));
    }
}
