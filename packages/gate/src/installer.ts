/** Installers of Android by package name, and the store whose apps they install. */
const storeByInstaller: ReadonlyMap<string, string> = new Map([
  ["com.android.vending", "google-play"],
  ["com.google.android.feedback", "google-play"],
  ["com.amazon.venezia", "amazon-appstore"],
  ["com.sec.android.app.samsungapps", "samsung-galaxy-store"],
  ["com.huawei.appmarket", "huawei-appgallery"],
  ["com.xiaomi.mipicks", "xiaomi-getapps"],
  ["com.xiaomi.market", "xiaomi-getapps"],
  ["org.fdroid.fdroid", "f-droid"],
  // Somebody opened a package that they had downloaded.
  ["com.google.android.packageinstaller", "website"],
  ["com.android.packageinstaller", "website"],
  ["com.samsung.android.packageinstaller", "website"],
  ["com.miui.packageinstaller", "website"],
  ["", "website"],
]);

/**
 * The store that an installer's name stands for. Empty text, which is how a client writes that Android names no installer,
 * is a package from outside the stores: `website`. An installer that is not known is a store of its own name.
 */
export function storeOfInstaller(installer: string): string {
  return storeByInstaller.get(installer) ?? installer;
}
