"""What people see, a package for each feature. Every address with its page."""

from __future__ import annotations

from bulq.pages.account.login import login_page
from bulq.pages.account.profile import profile_page
from bulq.pages.account.register import register_page
from bulq.pages.account.reset import reset_page
from bulq.pages.admin.audit import admin_audit_page
from bulq.pages.admin.catalogue import admin_products_page, admin_stores_page, admin_tags_page
from bulq.pages.admin.catalogue_file import admin_catalogue_page
from bulq.pages.admin.dashboard import admin_dashboard_page
from bulq.pages.admin.groups import admin_group_page, admin_groups_page
from bulq.pages.admin.merge import merge_products_page, merge_stores_page, merge_tags_page, merge_users_page
from bulq.pages.admin.settings import admin_settings_page
from bulq.pages.admin.users import admin_users_page
from bulq.pages.group.expenses import expenses_page
from bulq.pages.group.invite import invite_page
from bulq.pages.group.manage import manage_page
from bulq.pages.group.moving import claim_page, group_import_page
from bulq.pages.group.page import group_page
from bulq.pages.home.page import home_page
from bulq.pages.layout import away_page, not_found_page
from bulq.pages.money.page import money_page
from bulq.pages.notifications.page import notifications_page
from bulq.pages.product.page import product_page
from bulq.pages.product.scan import scan_page
from bulq.pages.receipts.page import receipts_page
from bulq.pages.run.page import run_page
from bulq.pages.search import ON_LOAD as SEARCH_ON_LOAD
from bulq.pages.search import search_page
from bulq.pages.shopping.page import shopping_page
from bulq.pages.statement.page import statement_page
from bulq.pages.store.list import store_list_page
from bulq.pages.store.page import store_page
from bulq.state.account.profile import ProfileState
from bulq.state.admin.audit import AuditState
from bulq.state.admin.catalogue_file import CatalogueFileState
from bulq.state.admin.dashboard import DashboardState
from bulq.state.admin.groups import AdminGroupsState, AdminGroupState
from bulq.state.admin.merging import MergeProductsState, MergeStoresState, MergeTagsState, MergeUsersState
from bulq.state.admin.products import AdminProductsState
from bulq.state.admin.settings import AdminSettingsState
from bulq.state.admin.stores import AdminStoresState
from bulq.state.admin.tags import AdminTagsState
from bulq.state.admin.users import UsersState
from bulq.state.auth import AuthState
from bulq.state.expenses import ExpensesState
from bulq.state.group_import import GroupImportState
from bulq.state.product.scan import ScanState
from bulq.state.store.list import StoreListState

# Page, address, title in the tab, what loads it. Everything but the first three, an invitation, a link for a new
# password and what stands in for a page without a network needs a session.
PAGES = (
    (login_page, "/login", "Log in", []),
    (register_page, "/register", "Create an account", []),
    (not_found_page, "404", "Not found", [AuthState.glance]),
    (invite_page, "/invite/[token]", "Invitation", [AuthState.glance]),
    (away_page, "/away", "Not on this phone", []),
    (home_page, "/", "Home", [AuthState.load]),
    (group_import_page, "/import", "Take in a group", [AuthState.load, GroupImportState.open]),
    (claim_page, "/claim/[token]", "Your place in a group", [AuthState.load]),
    (group_page, "/groups/[group_id]", "Group", [AuthState.load]),
    (money_page, "/groups/[group_id]/money", "Money", [AuthState.load]),
    (expenses_page, "/groups/[group_id]/expenses", "Past expenses", [AuthState.load, ExpensesState.open]),
    (manage_page, "/groups/[group_id]/manage", "Manage group", [AuthState.load]),
    (run_page, "/runs/[run_id]", "Run", [AuthState.load]),
    (shopping_page, "/runs/[run_id]/shopping", "Shopping", [AuthState.load]),
    (receipts_page, "/runs/[run_id]/receipts", "Receipts", [AuthState.load]),
    (statement_page, "/runs/[run_id]/statement/[user_id]", "Statement", [AuthState.load]),
    (product_page, "/products/[product_id]", "Product", [AuthState.load]),
    (store_page, "/stores/[store_id]", "Store", [AuthState.load]),
    (store_list_page, "/stores/[store_id]/list", "Import a price list", [AuthState.load, StoreListState.open]),
    (scan_page, "/scan", "Scan a barcode", [AuthState.load, ScanState.open]),
    (notifications_page, "/notifications", "Notifications", [AuthState.load]),
    (profile_page, "/profile", "Profile", [AuthState.load, ProfileState.open]),
    (search_page, "/search", "Search", SEARCH_ON_LOAD),
    (reset_page, "/reset/[token]", "New password", []),
    (admin_dashboard_page, "/admin", "Administration", [AuthState.load, DashboardState.open]),
    (admin_users_page, "/admin/users", "Users", [AuthState.load, UsersState.open]),
    (merge_users_page, "/admin/users/merge", "Merge accounts", [AuthState.load, MergeUsersState.open]),
    (admin_products_page, "/admin/products", "Products", [AuthState.load, AdminProductsState.open]),
    (merge_products_page, "/admin/products/merge", "Merge products", [AuthState.load, MergeProductsState.open]),
    (admin_stores_page, "/admin/stores", "Stores", [AuthState.load, AdminStoresState.open]),
    (merge_stores_page, "/admin/stores/merge", "Merge stores", [AuthState.load, MergeStoresState.open]),
    (admin_tags_page, "/admin/tags", "Tags", [AuthState.load, AdminTagsState.open]),
    (merge_tags_page, "/admin/tags/merge", "Merge tags", [AuthState.load, MergeTagsState.open]),
    (admin_groups_page, "/admin/groups", "Groups", [AuthState.load, AdminGroupsState.open]),
    (admin_group_page, "/admin/groups/[group_id]", "Group", [AuthState.load, AdminGroupState.open]),
    (admin_settings_page, "/admin/settings", "Settings", [AuthState.load, AdminSettingsState.open]),
    (admin_catalogue_page, "/admin/catalogue", "Import and export", [AuthState.load, CatalogueFileState.open]),
    (admin_audit_page, "/admin/audit", "Audit log", [AuthState.load, AuditState.open]),
)
