package io.github.tfkfac.tools.option;

import picocli.CommandLine.Mixin;

/** Everything that the commands that train have in common; read by {@link GivenOptions}. */
public final class TrainingOptions {
  @Mixin DataOptions data = new DataOptions();
  @Mixin ModelOption model = new ModelOption();
  @Mixin RunOptions run = new RunOptions();
  @Mixin OptimizerOptions optimizer = new OptimizerOptions();
  @Mixin SecondOrderOptions secondOrder = new SecondOrderOptions();
}
