package io.github.tfkfac.tools.command;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.inspect.FactorAdvice;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.OpenNetwork;
import io.github.tfkfac.tools.run.RunSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The default limit of a run's factors, chosen by the sizes of the network's layers. */
public final class LimitedFactors {

  private static final String MAX_FACTOR = "max-factor";

  private LimitedFactors() {}

  /**
   * The settings with a limit where refreshes would take too long, and a line that says so; the
   * same settings if the limit was given, whatever it is.
   *
   * @param given options of the command line
   * @param network of the run, open
   */
  public static RunSettings of(
      RunSettings settings,
      Map<String, String> given,
      DataSettings.Loaded images,
      OpenNetwork network,
      Console console) {
    Map<String, String> limits = advice(settings, given, images, Optional.of(network), console);
    if (limits.isEmpty()) {
      return settings;
    }
    Map<String, String> limited = new LinkedHashMap<>(settings.options());
    limited.putAll(limits);
    return RunSettings.of(limited);
  }

  /** Options of the limit, after a line that says so; none if none is needed or one was given. */
  public static Map<String, String> advice(
      RunSettings settings,
      Map<String, String> given,
      DataSettings.Loaded images,
      Optional<OpenNetwork> open,
      Console console) {
    Optional<KfacOptions> kfac = settings.optimizer().kfac(1);
    if (kfac.isEmpty() || given.containsKey(MAX_FACTOR)) {
      return Map.of();
    }
    Optional<FactorAdvice> advice = advice(settings, kfac.get(), images, open);
    advice.ifPresent(
        found -> {
          console.err().println(found.text() + ", which is used; --max-factor 0 sets no limit");
          console.err().flush();
        });
    return advice.map(FactorAdvice::options).orElse(Map.of());
  }

  private static Optional<FactorAdvice> advice(
      RunSettings settings,
      KfacOptions options,
      DataSettings.Loaded images,
      Optional<OpenNetwork> open) {
    OpenNetwork network = open.orElseGet(() -> settings.open(images));
    try {
      return network.training().optimizer() instanceof Kfac optimizer
          ? FactorAdvice.of(optimizer, options, settings.batch(), images.train().classCount())
          : Optional.empty();
    } finally {
      if (open.isEmpty()) {
        network.close();
      }
    }
  }
}
