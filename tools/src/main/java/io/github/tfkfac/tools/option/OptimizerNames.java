package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.run.OptimizerSettings;
import java.util.Iterator;

/** The names of all optimizers, for help texts. */
public final class OptimizerNames implements Iterable<String> {

  @Override
  public Iterator<String> iterator() {
    return OptimizerSettings.names().iterator();
  }
}
