package io.github.tfkfac.tools.cli;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Handlers of SIGINT and SIGTERM in place of the JVM's, which would end the process while native
 * threads compute. {@code sun.misc.Signal} is part of every JDK, but of no specification, hence
 * looked up by name.
 */
final class ProcessSignals implements AutoCloseable {

  /** Added to a signal's number in the exit code of a process that it ended. */
  static final int SIGNALED = 128;

  private static final long KERNEL_MILLIS = 1000;

  private static final List<String> NAMES = List.of("INT", "TERM");

  private final List<Runnable> undo = new ArrayList<>();

  private ProcessSignals() {}

  /**
   * Installs the handler until this is closed.
   *
   * @param handler gets a signal's name, such as TERM, and its number
   * @throws ReflectiveOperationException if this JVM hands out no signals
   */
  static ProcessSignals handle(BiConsumer<String, Integer> handler)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    Method install = signal.getMethod("handle", signal, type);
    Method name = signal.getMethod("getName");
    Method number = signal.getMethod("getNumber");
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() != Object.class) {
            Object raised = arguments[0];
            handler.accept((String) name.invoke(raised), (Integer) number.invoke(raised));
            return null;
          }
          return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "handler of signals";
          };
        };
    Object ours = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls);
    ProcessSignals installed = new ProcessSignals();
    for (String one : NAMES) {
      Object raised = signal.getConstructor(String.class).newInstance(one);
      Object old = install.invoke(null, raised, ours);
      installed.undo.add(
          () -> {
            try {
              install.invoke(null, raised, old);
            } catch (ReflectiveOperationException impossible) {
              throw new IllegalStateException(impossible);
            }
          });
    }
    return installed;
  }

  /**
   * Ends the process by the signal's default action, as the kernel does it: nothing of the process
   * runs any more. {@link Runtime#halt} is not enough while native threads compute, since the JVM
   * then calls {@code exit}, whose destructors free what those threads still use.
   *
   * @param name such as TERM
   * @param number its number; the exit code is 128 more in either way
   */
  static void end(String name, int number) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, type)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              type.getField("SIG_DFL").get(null));
      String self = String.valueOf(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-" + name, self).start().waitFor();
      Thread.sleep(KERNEL_MILLIS);
    } catch (ReflectiveOperationException | IllegalArgumentException | IOException none) {
      // this system sends no signals
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(SIGNALED + number);
  }

  @Override
  public void close() {
    undo.forEach(Runnable::run);
  }
}
