package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.util.List;
import java.util.Map;

/** A command whose options are settings. */
public interface TakesSettings {

  /** Their table, in the order of the help. */
  List<Setting<?>> settings();

  /** Texts of the values in effect beside those that were given, for the help. */
  default Map<String, String> effective(Map<String, String> given) {
    return Settings.of(settings(), given).options();
  }
}
