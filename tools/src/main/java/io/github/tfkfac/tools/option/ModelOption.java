package io.github.tfkfac.tools.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option for the network that is built; read by {@link GivenOptions}. */
public final class ModelOption {

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Network, such as resnet20, resnet32, resnet18 or mlp; default resnet20.")
  @Nullable String model;
}
